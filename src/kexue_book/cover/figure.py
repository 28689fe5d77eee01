"""What is known of the posts → a sunflower of sunflowers: discs, seeds and arcs.

Post by post the angle grows by the golden one, 137.5°, and the distance so that each has as much
room as its length asks for: Vogel's model of a sunflower (1979). In each disc the post's formulas
stand in the same order. Nothing is left to chance: a book has one figure.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from kexue_book.cover.statistics import PostFacts

GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))
_FILLED = 0.93
"""Radius of a disc when its neighbours leave it all its room, as the root of its share of area."""
_EVEN = 0.4
"""So much of a post's room does not depend on its length."""
_LARGEST = 3.0
"""A post is not drawn longer than so many middling ones."""
_GAP = 0.955
"""Discs that would touch are made smaller than that by so much."""
_NEIGHBOURS = (1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144)
"""How far apart in number neighbours of a sunflower stand: Fibonacci's."""
_SEEDED = 0.84
"""Share of a disc's radius that seeds take."""
_MOST_SEEDS = 260

Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Disc:
    """A post."""

    x: float
    y: float
    radius: float
    age: float
    """0 to 1, as in :class:`PostFacts`."""
    count: int
    """Of its seeds: the post's formulas."""
    spread: float
    """A seed's distance from the middle, as a share of :func:`seed_place`'s; 0 for a single one."""
    turn: float
    """Angle by which the seeds are turned."""
    seed_radius: float

    @property
    def seeds(self) -> Iterator[Point]:
        """Where its formulas stand."""
        cos, sin = self.spread * math.cos(self.turn), self.spread * math.sin(self.turn)
        for x, y in map(seed_place, range(self.count)):
            yield self.x + cos * x - sin * y, self.y + sin * x + cos * y


@dataclass(frozen=True, slots=True, kw_only=True)
class Arc:
    """A post's link to another: a quadratic curve."""

    start: Point
    middle: Point
    """Where the curve's tangents meet."""
    end: Point


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """All of it, in the circle of radius 1 around the origin."""

    discs: tuple[Disc, ...]
    arcs: tuple[Arc, ...]


@cache
def seed_place(number: int) -> Point:
    """Return where the seed of a number stands in every disc, but for size and direction."""
    distance, angle = math.sqrt(number + 0.5), number * GOLDEN_ANGLE
    return distance * math.cos(angle), distance * math.sin(angle)


def arrange_posts(facts: Sequence[PostFacts]) -> Figure:
    """Return the figure of a book."""
    rooms = _rooms(facts)
    places = _in_the_middle(list(_spiral(rooms)), rooms)
    radii = _fitted(places, [_FILLED * math.sqrt(room) for room in rooms])
    reach = max(math.hypot(*place) + r for place, r in zip(places, radii, strict=True))
    discs = tuple(
        _disc(fact, (x / reach, y / reach), radius / reach)
        for fact, (x, y), radius in zip(facts, places, radii, strict=True)
    )
    pairs = {tuple(sorted((n, other))) for n, fact in enumerate(facts) for other in fact.links}
    return Figure(discs=discs, arcs=tuple(_arc(discs[a], discs[b]) for a, b in sorted(pairs)))


def _rooms(facts: Sequence[PostFacts]) -> list[float]:
    """Return the posts' shares of the area; on the average about 1."""
    lengths = sorted(fact.length for fact in facts)
    middling = max(1, lengths[len(lengths) // 2])
    return [_EVEN + (1 - _EVEN) * min(_LARGEST, fact.length / middling) for fact in facts]


def _spiral(rooms: Sequence[float]) -> Iterator[Point]:
    area = 0.0
    for number, room in enumerate(rooms):
        distance, angle = math.sqrt(area + room / 2), number * GOLDEN_ANGLE
        yield distance * math.cos(angle), distance * math.sin(angle)
        area += room


def _in_the_middle(places: Sequence[Point], rooms: Sequence[float]) -> list[Point]:
    """Move a flower of few discs, which leans, so that the origin is in its middle."""
    sizes = [math.sqrt(room) for room in rooms]
    middle = [
        (
            min(place[axis] - size for place, size in zip(places, sizes, strict=True))
            + max(place[axis] + size for place, size in zip(places, sizes, strict=True))
        )
        / 2
        for axis in (0, 1)
    ]
    return [(x - middle[0], y - middle[1]) for x, y in places]


def _fitted(places: Sequence[Point], radii: Sequence[float]) -> list[float]:
    """Make discs that would overlap smaller, both alike."""
    fitted = list(radii)
    for number, place in enumerate(places):
        for step in _NEIGHBOURS:
            if number < step:
                break
            other = number - step
            room = _GAP * math.dist(place, places[other])
            share = room / (radii[number] + radii[other])
            fitted[number] = min(fitted[number], share * radii[number])
            fitted[other] = min(fitted[other], share * radii[other])
    return fitted


def _disc(fact: PostFacts, place: Point, radius: float) -> Disc:
    count = min(fact.formulas, _MOST_SEEDS)
    reach = _SEEDED * radius
    size = min(0.075 * radius, 0.5 * reach / math.sqrt(count or 1))
    return Disc(
        x=place[0],
        y=place[1],
        radius=radius,
        age=fact.age,
        count=count,
        spread=reach / math.sqrt(count) if count > 1 else 0.0,
        turn=math.atan2(place[1], place[0]),
        seed_radius=size,
    )


def _arc(start: Disc, end: Disc) -> Arc:
    """Return a curve that bends towards the middle of the flower."""
    middle = (0.22 * (start.x + end.x), 0.22 * (start.y + end.y))
    return Arc(start=(start.x, start.y), middle=middle, end=(end.x, end.y))
