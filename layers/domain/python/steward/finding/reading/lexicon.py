"""The words a query is read by: each phrase, English or Spanish, stands for a symbol of the grammar."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from steward.finding.reading.tokens import tokens
from steward.properties.features import spellings

_SYMBOLS = """
< : under, below, beneath, less than, lower than, cheaper than, fewer than, smaller than, <, menos de, por menos de, por debajo de,
    debajo de, inferior a, mas barato que, mas barata que
<= : at most, max, max of, maximum, maximum of, no more than, not more than, not over, not above, no over, no higher than, but not more
    than, but not over, but not above, <=, capped at, budget, budget of, budget is, my budget is, within, maximo, como maximo, maximo de,
    un maximo de, no mas de, a lo sumo, presupuesto, presupuesto de, a menos de, en un radio de
> : over, above, more than, greater than, larger than, bigger than, higher than, >, upwards of, exceeding, mas de, superior a, por
    encima de, mayor a, mayor de, mayor que
>= : at least, min, min of, minimum, minimum of, no less than, not less than, no fewer than, not under, not below, but not less than,
    but not under, >=, starting at, starting from, north of, al menos, por lo menos, minimo, minimo de, como minimo, un minimo de,
    no menos de, a partir de
~ : around, about, approximately, approx, circa, roughly, ~, ≈, alrededor de, aproximadamente, unos, unas, cerca de, more or less,
    mas o menos
from : from, desde
upto : up to, hasta
↑ : +, or more, or above, or over, or higher, or greater, or larger, or bigger, and up, and above, and over, plus, o mas, y mas, o
    superior
↓ : or less, or under, or below, or fewer, or lower, or cheaper, and under, and below, tops, o menos
between : between, entre
neg : no, not, without, sin, except, excluding, except for, but not, non, nor, never, minus, w/o, lacking, ni, excepto, menos, isn t,
    don t want, don t need, doesn t have, does not have, do not want, do not need, not have, instead of, other than
bed : bed, beds, bedroom, bedrooms, br, brs, bd, bds, bdr, bdrm, bdrms, bedrm, bedrooms total, habitacion, habitaciones, hab, habs,
    recamara, recamaras, rec, recs, dormitorio, dormitorios, cuarto, cuartos, alcoba, alcobas
bath : bath, baths, bathroom, bathrooms, ba, bas, bth, full bath, full baths, full bathrooms, bano, banos, bano completo, banos
    completos
studio : studio, studios, efficiency, estudio, estudios, monoambiente, monoambientes
sqft : sqft, sq ft, sf, sqf, sq feet, sq foot, square feet, square foot, square ft, ft2, ft², square footage, pies cuadrados, pie
    cuadrado, pies2
sqm : m2, m², mt2, mts2, sqm, sq m, sq meters, sq metres, square meters, square metres, square meter, square metre, metros cuadrados,
    metro cuadrado, metros2
acre : acre, acres, ac of land
hectare : hectare, hectares, ha, hectarea, hectareas
km : km, kms, kilometers, kilometres, kilometer, kilometre, kilometro, kilometros
mile : mile, miles, mi, milla, millas
area : living area, living space, floor area, area, superficie
lot : lot, lots, lot size, lot area, lote, lotes, parcela, parcelas
many : lots of, a lot of, a lot, mi casa, my house, my home, my condo, my apartment
built : built, built in, construida, construido, construidas, construidos, year built, constructed, construida en, construido en,
    built year
after : after, newer than, later than, younger than, despues de, despues del, posterior a, posteriores a, mas nueva que, mas nuevo que
before : before, older than, earlier than, prior to, antes de, antes del, anterior a, anteriores a, mas vieja que, mas antigua que
since : since, in or after, on or after, in or since
newer : or newer, or later, and newer, and later, or after, o mas nueva, o mas nuevo, o posterior, o mas reciente
older : or older, or earlier, and older, or before, o anterior, o mas antigua
yearsold : years old, year old, yrs old, years, anos de antiguedad, anos, anos de antigüedad
prewar : pre-war, prewar, pre war, antes de la guerra
newbuild : new construction, newly built, newly constructed, new build, new builds, newbuild, brand new, recently built, obra nueva, a
    estrenar, brand new construction, recien construida, recien construido, nueva construccion
score : score, scores, scored, scoring, score of, with a score, puntuacion, puntaje
deals : good deal, good deals, great deal, great deals, best deal, best deals, bargain, bargains, undervalued, underpriced, ganga,
    gangas, buena oferta, buenas ofertas, chollo, chollos
month : month, per month, a month, each month, monthly, mo, per mo, a mo, pm, pcm, p m, mes, al mes, por mes, mensual, mensuales, cada
    mes
rent : for rent, to rent, to let, rental, rentals, for lease, lease, rent, alquiler, en alquiler, se alquila, se alquilan, para
    alquilar, alquilar, de alquiler, en renta, renta, se renta, se rentan, rentar, arriendo, en arriendo, for let
sale : for sale, on sale, en venta, a la venta, se vende, se venden, de venta, for purchase
price : price range, price range of, rango de precio,
    price, priced, price of, priced at, priced under, asking, asking price, list price, listed at, costing, cost, costs, precio,
    precio de, cuesta, cuesten, que cueste
dollars : dollars, dollar, usd, dolares, dolar, bucks, euros, euro, pesos
like : similar to, similar homes to, similar houses to, similar properties to, similar listings to,
    similar a, similar al, similares a, parecido a, parecida a, parecidos a, parecidas a, comparable to, comparables
    to, comps for, like, more like, same as, como
low : low, lower
mid : mid, middle
high : high, upper
waterfront : waterfront, water front, frente al agua, frente al mar, frente al lago, waterfront property
"""

_TYPES = """
house : house, houses, home, homes, single family home, single family homes, single family house, single family houses, single family,
    sfr, sfh, detached house, detached home, detached, casa, casas, casita, chalet, chalets, vivienda unifamiliar, casa unifamiliar,
    family home, family homes
townhouse : townhouse, townhouses, townhome, townhomes, town house, town houses, town home, town homes, row house, row houses,
    rowhouse, rowhouses, row home, casa adosada, casas adosadas, adosado, adosados, duplex adosado
condo : condo, condos, condominium, condominiums, condominio, condominios, co-op, coop, condo unit, condo units
apartment : apartment, apartments, apt, apts, appartment, appartments, apartament, flat, flats, piso, pisos, departamento,
    departamentos, depto, deptos, apartamento, apartamentos, apto
multi_family : multi-family, multi family home, multi family homes, multi family house, multifamily, multifamily home, multifamily
    homes, duplex, duplexes, triplex, triplexes, fourplex, fourplexes, quadplex, quadruplex, apartment building, apartment buildings,
    multifamiliar, edificio de apartamentos
mobile : mobile home, mobile homes, manufactured home, manufactured homes, manufactured house, trailer home, trailer, casa movil,
    casas moviles, casa prefabricada, mobile house
land : land, vacant land, vacant lot, vacant lots, empty lot, empty lots, building lot, building lots, buildable lot, residential lot,
    lot for sale, raw land, terreno, terrenos, parcel of land, plot, plots, plot of land
commercial : commercial, commercial property, commercial properties, commercial building, commercial space, office building, office
    space, retail space, retail property, warehouse, industrial building, local comercial, locales comerciales, nave industrial,
    oficina, oficinas
"""

_STATUSES = """
sold : sold, recently sold, vendida, vendidas, vendido, vendidos
pending : pending, under contract, in escrow, sale pending, pendiente, pendientes, bajo contrato
available : available, available now, active listing, active listings, disponible, disponibles
off_market : off market, off the market, fuera del mercado
rented : rented, already rented, leased, alquilado, alquilada, alquilados, alquiladas
"""

_NOT = """
walk score, transit score, bike score, school score, credit score,
home office, home theater, home theatre, home gym, home warranty, home owners, home automation, home depot, home improvement, home
equity, guest house, guest houses, pool house, carriage house, coach house, open house, open houses, tree house, ranch house, green
house, house number, house plants, casa de huespedes, full house, primer piso, segundo piso, tercer piso, piso de arriba, ground floor,
land use, landlord, dining area, sitting area, play space, flat lot, flat roof, sold as is, as is, high ceilings, high school, low
maintenance, low hoa, lower level, upper level, upper floor, high speed, mid century, middle school, new home, new homes, bed linen,
king bed, queen bed, half bath, half baths, private bath, master bath, half bathroom, master bedroom, master bedrooms, main bedroom,
storage lot, pool table, swimming pool table, no fee, rent control, rent controlled, rent stabilized, sq, plus size, price reduced,
price drop, price cut, lease option, wine cellar, view of
"""
"""Phrases that mean something else than the words in them; they stay text."""

STOPS = frozenset(
    """
exactly precisely exactamente allows allow accepts acepte acepten admite admita anywhere ish just spend
a an the in on at of for to with w and or near around by from that is are be has have having which than s my me i im m ve we us you
looking look find finding show search searching seek seeking want wanted wants would d like need needs please any some there it its
located within get give close nearby up list all only also who what where this those these can could should must may do does but as
property properties listing listings place places something anything unit units estate one ones city town area neighborhood state county
zip code code zipcode priced price cost costing asking budget max min rent month per built year years old about under below over above
between least most less more than score un una unos unas el la los las lo en de del con y o u e que para por a al cerca se es sea tiene
tienen tenga tengan busco buscando buscamos quiero quiere queremos necesito necesitamos muestrame muestra mostrar ver dame favor
alrededor su mi sus me propiedad propiedades inmueble inmuebles vivienda viviendas algo zona ciudad codigo postal estado condado precio
presupuesto menos mas hasta desde entre
""".split()
)
"""Words that carry nothing where they stand beside what was understood."""

_ORDINARY = frozenset(
    """
large small cheap quiet modern bright spacious cozy cosy big huge nice clean safe sunny charming beautiful lovely great good best better
new newer newly old older historic vintage classic updated remodeled renovated fixer upper investment family families kids children
school schools park parks trail trails beach beaches lake lakes river ocean water waterfront mountain mountains forest woods garden
gardens yard yards backyard fenced fence tree trees street streets road avenue corner kitchen open plan floor floors ceiling ceilings
basement attic loft lofts penthouse bungalow bungalows cottage cottages cabin cabins craftsman victorian colonial tudor rambler ranch
farm farms barn horse horses office room rooms reading living dining master suite suites story stories level levels single double
private shared walk walking walkable distance close downtown uptown midtown center central north south east west northern southern
eastern western side village community station transit train subway metro light rail highway airport university college hospital
shopping shops store stores restaurants marina harbor bridge hills hill valley canyon creek springs spring summer winter rental rentals
furnished unfurnished short term long lease utilities included electric heating cooling heated solar smart energy efficient luxury
affordable expensive bargain price prices priced budget market markets value owner owners agent broker property properties house houses
home homes garage garages driveway carport shed pool pools view views terms mobile normal orange union media golden summit bear brick
crystal grove humble surprise vista independence fountain commerce mission hurricane tea micro dike mound bath bend enterprise superior
homestead mustang presto bay island point rock mature stone steel marble granite counter counters tile carpet carpeted appliance
appliances stainless closet closets balcony porch deck patio terrace roof rooftop gym sauna spa concierge security cameras gate gated
secure quality quick ready move moving available vacant empty lender finance financing cash seller foreclosure auction short sale taxes
property tax hermosa hermoso bonita bonito grande grandes pequena pequeno barata barato nueva nuevo amplia amplio moderna moderno
tranquila tranquilo luminoso luminosa jardin playa centro cocina calle parque escuela vista mar lago rio montana barrio zona norte sur
este oeste
""".split()
)
_FOREIGN = frozenset("avec sans et une pour dans mit und der das ein eine ohne zu auf uma della het een voor".split())
"""Little words of other languages: where one stands, only places are read."""
_TOO_PLAIN = frozenset(
    {"club", "gate", "heat", "disposal", "furniture", "front desk", "cat", "dog", "clima", "aire", "high end", "muebles", "accessible"}
)
"""Spellings of features that a list of features means, but a sentence often does not."""


def phrases() -> Mapping[str, str]:
    """Every phrase, its words parted by one space and without hyphens, to its symbol."""
    return _phrases()


@cache
def _phrases() -> Mapping[str, str]:
    found = dict(_listed(_SYMBOLS))
    found.update((phrase, f"T:{name}") for phrase, name in _listed(_TYPES))
    found.update((phrase, f"S:{name}") for phrase, name in _listed(_STATUSES))
    found.update((spelt(spelling), f"F:{name}") for spelling, name in spellings().items() if spelling not in _TOO_PLAIN)
    denied = [phrase for phrase, symbol in found.items() if symbol == "neg"]
    found.update((f"{word} {fee}", "F:no_hoa") for word in denied for fee in ("hoa", "hoa fee", "hoa fees", "hoa dues"))
    found.update((spelt(spelling), "F:cable") for spelling in ("cable or satellite", "cable o satelite"))
    found.update((spelt(phrase), "text") for phrase in _NOT.replace("\n", " ").split(","))
    found.pop("", None)
    return found


@cache
def longest() -> int:
    """How many words the longest phrase has."""
    return max(phrase.count(" ") for phrase in phrases()) + 1


@cache
def ordinary() -> frozenset[str]:
    """Words that are no misspelt places."""
    return _ORDINARY | STOPS | {word for phrase in phrases() for word in phrase.split()}


def foreign(words: Sequence[str]) -> bool:
    """Whether words are of a language that is not read here."""
    return not _FOREIGN.isdisjoint(words)


def spelt(phrase: str) -> str:
    """A phrase as it is looked up by."""
    words = [token.word for token in tokens(phrase)]
    return " ".join(word for word in words if len(words) == 1 or word not in "-./&")


def _listed(table: str) -> Iterator[tuple[str, str]]:
    """Each phrase of a table with its symbol; a line that is indented goes on with the one before."""
    for line in table.replace("\n    ", " ").strip().splitlines():
        symbol, _, listed = line.partition(" : ")
        for phrase in listed.split(","):
            yield spelt(phrase), symbol
