"""The records of the slice: models and which one serves; what its commands are asked and answer."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, Field, StringConstraints

from steward.kernel.effects import ALL
from steward.kernel.model import Input, Output
from steward.kernel.money import Dollars
from steward.kernel.pages import Listed
from steward.kernel.rows import Record, Table
from steward.properties.model import Estimate, Lines, Points

NAME = "value"
"""The one kind of model there is: what a home is worth."""
Told = Annotated[str, StringConstraints(min_length=1, max_length=300)]


class Quality(BaseModel):
    """How good a model is on prices that it has not seen: R², median error, share within 10 %, share inside the 80 % range.

    `from_day` is set for the forward test: trained on the sales before, tested on parcels first sold from then on.
    """

    rows: int
    r2: float
    median_error: float
    within_10: float
    coverage_80: float
    from_day: date | None = None


class Learnt(BaseModel):
    """What a training says of its model. `weights` is how far each fact moves a value on average, in log price; `shape`
    the trees' parameters; `left_out` counts sales whose price is none."""

    rows: int
    parcels: int
    left_out: int
    first_day: date
    as_of: date
    columns: list[str]
    grouped: Quality
    forward: Quality | None = None
    weights: dict[str, float]
    shape: dict[str, Any]


class Model(Learnt, Record):
    """A trained model (spec R1.5); its version is its ref. `sources` are the imports whose sales it has learnt from; a
    retired one lost its file when such an import was taken back."""

    name: str = NAME
    algorithm: str = "lightgbm"
    blob: str
    sha256: str
    size: int
    run: str
    sources: list[str] = Field(default_factory=list)
    created_by: str
    notes: list[str] = Field(default_factory=list)
    retired: bool = False


class Serving(Record):
    """Which model serves a workspace ("" for none), and the latest runs of training and scoring."""

    UNTOLD: ClassVar[frozenset[str]] = frozenset({ALL})

    model: str = ""
    training: str = ""
    scoring: str = ""


MODELS: Table[Model] = Table("model", Model)
SERVING: Table[Serving] = Table("model.serving", Serving)


class TrainModel(Input):
    """Train a model on every sale of the workspace."""


class ScoreProperty(Input):
    """One property: by id, ref, or a source's own id (`source:ID` forces the last)."""

    ABOUT: ClassVar[tuple[str, str]] = ("id", "property")

    id: Told


class ExplainScore(Input):
    """One property, as for scoring; only what is stored is shown."""

    id: Told


class ScoreAll(Input):
    """Value every property that the model in use has not valued as it is now."""


class ListModels(Input):
    """Models, newest first."""

    start: str = ""
    limit: int = Field(default=50, ge=1, le=200)


class GetModel(Input):
    """One model, by version or id."""

    id: Told


class ActivateModel(Input):
    """The model that is to serve from now on, by version or id."""

    ABOUT: ClassVar[tuple[str, str]] = ("id", "model")

    id: Told


class FollowImport(Input):
    """An import has ended: value what it brought; train when no model serves and it told anything `learnable`."""

    run: str
    learnable: bool = True


class ForgetImport(Input):
    """An import was taken back: a model that has learnt from it serves no more."""

    run: str


class RetireModel(Input):
    """A model, by id, that has learnt from an import that was taken back."""

    id: str


class RegisterModel(Input):
    """A training has ended with a model."""

    run: str
    learnt: Learnt
    blob: str
    sha256: str
    size: int
    sources: list[str]


class GiveUpTraining(Input):
    """A training has ended without a model, for a reason; it found so many sales."""

    run: str
    reason: str
    rows: int


class ScoreSome(Input):
    """Value these properties now."""

    ids: list[str] = Field(max_length=90)


class ScoreRest(Input):
    """Value what has changed, when it can be."""


class BeginScoring(Input):
    """A scoring has its valuations ready, for so many properties."""

    run: str
    model: str
    homes: int


class ScoreChunk(Input):
    """Store the next valuations of a scoring, from a byte of its file on."""

    run: str
    chunk: int
    offset: int


class ModelView(Output):
    """A model as an answer shows it. `version` is its own, counted from 1 in each workspace."""

    id: str
    model: str
    version: str
    active: bool
    retired: bool
    algorithm: str
    trained_at: datetime
    run: str
    rows: int
    parcels: int
    left_out: int
    first_day: date
    as_of: date
    grouped: Quality
    forward: Quality | None
    weights: Mapping[str, float]
    columns: Sequence[str]
    shape: Mapping[str, Any]
    sources: Sequence[str]
    created_by: str
    size: int
    sha256: str
    notes: Sequence[str]


class ModelPage(Listed[ModelView]):
    """A page of models."""


class Scored(Output):
    """A property's estimate and score with why; money in dollars, and the amounts of the contributions add up to the estimate."""

    id: str
    ref: int
    estimate: Estimate | None
    at_sale: Estimate | None
    price: Dollars | None
    price_basis: str
    gap: Dollars | None
    gap_ratio: float | None
    score: float | None
    confidence: float | None
    contributions: Sequence[Lines]
    breakdown: Sequence[Points]
    reason: str
    model: str
    version: str


class Written(Output):
    """How many valuations were written."""

    written: int
