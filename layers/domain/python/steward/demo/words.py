"""The words an invented county is named with. None is a real county; owners are a given name beside a made-up family name."""

COUNTIES = ("Alder", "Brackmere", "Cawdrell", "Dunmarsh", "Eldwater", "Garrowby", "Halvern", "Isenlow", "Larchmoor", "Thornwick")

TOWNS = (
    "Fernholt", "Millbrace", "Quarry Bend", "Ostrow", "Heronsgate", "Tallow Ford", "Marlstead", "Widdering", "Cinder Hollow",
    "Pellmarsh", "Stavewick", "Oxbow Landing", "Harrowgate Mills", "Brindlecote", "Kelmouth", "Sedgely Cross",
)  # fmt: skip

STREETS = (
    "Tannery", "Weir", "Osier", "Kiln", "Sluice", "Chandler", "Granary", "Tern", "Saltmarket", "Harrow", "Wherry", "Cooper", "Lantern",
    "Millrace", "Teasel", "Fuller", "Wickerwork", "Bellfounder", "Sawpit", "Copperas", "Bramble", "Plover", "Curlew", "Lapwing",
    "Sandpiper", "Bittern", "Kestrel", "Merlin", "Linnet", "Siskin", "Dunlin", "Alderman", "Hornbeam", "Rowan", "Hazel", "Spindle",
    "Whitebeam", "Aspen", "Juniper", "Medlar", "Quince", "Damson", "Bullace", "Sorrel", "Yarrow", "Tansy", "Comfrey", "Burdock",
    "Meadowsweet", "Campion", "Loosestrife", "Ropewalk", "Signal", "Turntable", "Coalyard", "Icehouse", "Brickfield", "Limekiln",
    "Smithy", "Wheelwright", "Thatcher", "Saddler", "Glover", "Mercer", "Draper", "Weaver", "Dyer", "Carder", "Bobbin", "Shuttle",
    "Treadle", "Loom", "Hopyard", "Cider", "Orchard End", "Threshing", "Winnow", "Sickle", "Barley", "Rye", "Clover", "Fallow",
    "Furrow", "Headland", "Causeway", "Towpath", "Staithe", "Locksman", "Culvert", "Ferrier", "Gauge", "Plumb", "Mortise", "Tenon",
    "Dovetail", "Chisel", "Anvil", "Bellows", "Trivet", "Candlewick", "Inkwell", "Quill", "Vellum", "Almanac", "Sextant", "Gnomon",
    "Pendulum", "Tumbler", "Fiddler", "Piper", "Drummer", "Tinker", "Peddler", "Carter", "Drover",
)  # fmt: skip

ROADS = ("Old Ferry", "Heron Dyke", "Larch Hill", "Stonecrop", "Long Reach", "Four Mile", "Beacon", "Wolf Meadow", "Tollgate", "Ridgeway")

GIVEN = (
    "Ada", "Amir", "Beatriz", "Callum", "Chidi", "Clara", "Dana", "Darius", "Devi", "Edith", "Elio", "Esther", "Farah", "Felix",
    "Gwen", "Hana", "Hugo", "Ines", "Ivo", "Jonah", "Jun", "Kaia", "Kofi", "Lena", "Luis", "Mara", "Marisol", "Milo", "Nadia", "Nils",
    "Odile", "Omar", "Petra", "Priya", "Quentin", "Rafael", "Rosa", "Samir", "Selma", "Silas", "Tamsin", "Tomasz", "Uma", "Viktor",
    "Wanda", "Wilbur", "Yusuf", "Zora",
)  # fmt: skip

FAMILY_HEADS = (
    "Ash", "Bram", "Cald", "Dray", "Elm", "Farn", "Gar", "Hather", "Ister", "Kell", "Lang", "Mar", "Nether", "Orm", "Pell", "Quar",
)  # fmt: skip
FAMILY_TAILS = (
    "wright", "combe", "stow", "vik", "mond", "lund", "ley", "quist", "hurst", "ero", "ova", "dine", "garde", "acre", "sley", "win",
)  # fmt: skip

FAR_STATES = ("AZ", "CA", "CO", "FL", "IL", "NY", "OR", "TX", "WA", "WI")
