"""A judged set: what homes have in four wordings each, three queries about each, and listings made of them.

Queries and wordings were written before any engine was asked, the first query of each in words that a listing uses, the others in
those of somebody who looks for it. A listing is relevant to a query when it was made with what the query is about.
"""

from dataclasses import dataclass
from random import Random

_SET = """
heated swimming pool outside | private pool with loungers | in-ground pool | pool and hot tub >> house with pool | somewhere to swim at
  home | place for the kids to splash in summer
wood burning fireplace | gas fireplace in the living room | stone hearth | cosy fireplace >> fireplace in living room | sit by a fire on
  cold nights | warm hearth in winter
fenced back yard | large lawn behind the house | garden with fruit trees | landscaped yard >> fenced yard | room for the dog to run
  outside | grow my own vegetables
home office with built-in desk | den suitable for an office | study with bookshelves | separate office >> home office | quiet room to
  work remotely | space to work from home
walking distance to the subway | steps from the train station | bus stop at the corner | near light rail >> near public transit |
  commute without a car | easy ride downtown
ocean view from the deck | view over the water | harbor views | sea view from every window >> ocean view | look at the sea from bed |
  watch boats from the balcony
mountain view | views of the Cascades | looks out on the peaks | alpine scenery from the terrace >> mountain view | wake up to snowy
  peaks | scenery of hills and summits
newly renovated kitchen | remodeled kitchen with quartz counters | chef's kitchen with gas range | gourmet kitchen >> renovated kitchen
  | I love to cook big dinners | modern place to bake and cook
two-car garage | attached garage with opener | oversized garage | detached garage with workshop >> two car garage | park two vehicles
  indoors | shelter for my truck
finished basement | lower level with recreation room | basement with separate entrance | daylight basement >> finished basement |
  downstairs space for a game room | extra rooms below ground
original hardwood floors | oak floors throughout | refinished wood flooring | wide plank floors >> hardwood floors | no carpet please |
  timber floors instead of carpet
in-unit washer and dryer | laundry room on the main floor | washer and dryer included | stacked laundry in the hall >> washer and dryer
  | do laundry without leaving home | no more laundromat
pets welcome | dogs and cats allowed | pet friendly building | no breed restrictions >> pet friendly | live with my labrador | landlord
  accepts my kitten
central air conditioning | new heat pump with cooling | air conditioned throughout | cooled by mini splits >> air conditioning | stay
  cool in a heat wave | relief from hot summers
solar panels on the roof | photovoltaic system owned | solar power with battery | net metering from solar >> solar panels | low
  electricity bills from the sun | home that makes its own energy
charger for electric cars | EV outlet in the carport | level two charging station | wired for an electric vehicle >> EV charger | plug
  in my Tesla overnight | charge an electric car
gated community with guard | secure entry and cameras | alarm system installed | patrolled at night >> gated community | feel safe at
  night | protection against burglars
top rated schools nearby | elementary school around the corner | excellent school district | walk to the primary school >> good schools
  | best education for my children | kids can walk to class
wheelchair accessible | ramp and wide doorways | no steps to the entry | elevator and grab bars >> wheelchair accessible | suits
  somebody who cannot climb stairs | for my disabled father
fitness center in the building | gym with free weights | exercise room open all day | yoga studio downstairs >> gym in building | work
  out without a membership | lift weights before breakfast
rooftop terrace | private balcony | large deck for entertaining | covered patio with grill >> balcony or terrace | barbecue with friends
  outside | drink coffee in the open air
walk-in closet | ample wardrobes | built-in storage | pantry and linen closets >> walk-in closet | place for all my clothes | lots of
  storage for our things
guest cottage in the garden | mother-in-law suite | separate apartment over the garage | backyard casita >> guest house | my parents can
  live with us | rent part of it out
horse barn and pasture | stables with paddock | acreage with riding arena | fenced pasture >> horse property | keep my horses at home |
  land for equestrian life
fixer upper sold as is | needs work throughout | contractor special | priced for its condition >> fixer upper | cheap because it needs
  repairs | handyman's project
brand new construction | just built this spring | never lived in | new build with warranty >> new construction | be the first to live
  there | nobody has owned it before
historic Victorian | built in the twenties with period details | Craftsman bungalow with charm | turn of the century home >> historic
  home | old house with character | antique architecture
open floor plan | great room with high ceilings | kitchen opens to the living area | loft with open layout >> open floor plan | big room
  for everything without walls | airy space for parties
quiet cul-de-sac | peaceful dead end street | tranquil setting among trees | secluded and private >> quiet street | away from traffic
  noise | calm place to sleep
fully furnished | comes with all furniture | turnkey with beds and linens | furnished for short stays >> furnished apartment | move in
  with only a suitcase | beds and sofas included
utilities included in rent | water and heat paid | all bills included | internet and power included >> utilities included | one payment
  covers everything | no separate electric bill
wine cellar | temperature controlled wine room | bar with wine fridge | tasting room >> wine cellar | store my bottles properly |
  collection of Bordeaux at home
lake frontage with dock | private dock and boat lift | on the river bank | waterfront with moorage >> waterfront with dock | keep my
  boat at the house | fish from the garden
smart thermostat and locks | home automation system | voice controlled lights | smart home wiring >> smart home | control the lights by
  phone | high tech gadgets built in
home theater | media room with projector | surround sound cinema | screening room >> home theater | watch films on a big screen | movie
  nights with popcorn
tennis court | pickleball and tennis | sport court lit at night | clay court on the grounds >> tennis court | practise my backhand at
  home | play racket sports
"""
_FILLER = (
    "Shown by appointment only.", "Call today for details.", "Three bedrooms and two baths.", "Close to shops and restaurants.",
    "Seller will look at all offers.", "A must see.", "Two bedrooms, one bath.", "Available now.", "Taxes are estimated.",
    "Measurements are approximate.", "Close to parks.", "Ask the agent about the neighborhood.",
)  # fmt: skip
LISTINGS = 900
HAS = 3


@dataclass(frozen=True, slots=True)
class Listing:
    """A text, and the numbers of what it was made with."""

    text: str
    has: frozenset[int]


def queries() -> list[tuple[str, int]]:
    """Every query with the number of what it is about."""
    return [(query.strip(), number) for number, line in enumerate(_lines()) for query in line.split(">>")[1].split("|")]


def listings(seed: int = 20261121) -> list[Listing]:
    """Listings that each say three things in one of their wordings, between sentences that every listing has."""
    rng = Random(seed)
    wordings = [[one.strip() for one in line.split(">>")[0].split("|")] for line in _lines()]
    return [_listing(rng, wordings) for _ in range(LISTINGS)]


def _listing(rng: Random, wordings: list[list[str]]) -> Listing:
    has = rng.sample(range(len(wordings)), HAS)
    said = [f"{rng.choice(wordings[number]).capitalize()}." for number in has] + rng.sample(_FILLER, 4)
    rng.shuffle(said)
    return Listing(" ".join(said), frozenset(has))


def _lines() -> list[str]:
    return _SET.replace("\n  ", " ").strip().splitlines()
