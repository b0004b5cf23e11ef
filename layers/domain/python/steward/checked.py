"""What a check of the settings found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with a setting: the problem and its mend, each a clause of one sentence."""

    setting: str
    problem: str
    mend: str

    @property
    def sentence(self) -> str:
        return f"{self.setting} {self.problem}; {self.mend}."


@dataclass(frozen=True, slots=True)
class Findings:
    """What a check found. Errors stop the start, warnings do not."""

    errors: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.errors

    def __add__(self, other: "Findings") -> "Findings":
        return Findings(self.errors + other.errors, self.warnings + other.warnings)
