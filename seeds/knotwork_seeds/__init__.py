"""A made population with known truth: people, what they did, and everything that makes telling them apart hard."""

from knotwork_seeds.generate import generate
from knotwork_seeds.population import FailureRates, Generated, Population

__all__ = ["FailureRates", "Generated", "Population", "generate"]
