"""The changes that are tried: those of cosmic-ray that a slip of the pen could make, and three of our own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cosmic_ray.operators.operator import Operator
from cosmic_ray.plugins import get_operator

PAIRS = ("Add_Sub", "Sub_Add", "Mul_Div", "Div_Mul", "FloorDiv_Mul", "Mod_Mul", "Pow_Mul", "BitAnd_BitOr",
         "BitOr_BitAnd")
"""Of binary operators: another of the same kind. One that makes a number of the wrong type is always noticed."""
COMPARED = ("Lt_LtE", "LtE_Lt", "Gt_GtE", "GtE_Gt", "Lt_GtE", "GtE_Lt", "Gt_LtE", "LtE_Gt", "Eq_NotEq", "NotEq_Eq",
            "Is_IsNot", "IsNot_Is")
"""Of comparisons: the edge, and the opposite."""
OTHERS = ("NumberReplacer", "ReplaceTrueWithFalse", "ReplaceFalseWithTrue", "ReplaceAndWithOr", "ReplaceOrWithAnd",
          "AddNot", "ReplaceUnaryOperator_Delete_Not", "ReplaceUnaryOperator_Delete_USub",
          "ReplaceUnaryOperator_Delete_Invert", "ZeroIterationForLoop", "ReplaceBreakWithContinue",
          "ReplaceContinueWithBreak")
Place = tuple[tuple[int, int], tuple[int, int]]
SWAPPED = {"maximum": "minimum", "minimum": "maximum", "max": "min", "min": "max", "any": "all", "all": "any"}


class OtherBound(Operator):  # type: ignore[misc]
    """A bound from the other side: maximum for minimum, any for all."""

    def mutation_positions(self, node: Any) -> Iterator[Place]:
        if node.type == "name" and node.value in SWAPPED and _called(node) is not None:
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        node.value = SWAPPED[node.value]
        return node

    @classmethod
    def examples(cls) -> tuple[()]:
        return ()


class NoClip(Operator):  # type: ignore[misc]
    """A value that is held between two others is let go."""

    def mutation_positions(self, node: Any) -> Iterator[Place]:
        if node.type == "name" and node.value == "clip" and (call := _called(node)) and call.children[1].children:
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        node.value = "(lambda value, *bounds: value)"
        return node

    @classmethod
    def examples(cls) -> tuple[()]:
        return ()


class OneWordLess(Operator):  # type: ignore[misc]
    """A list or tuple of words that lacks one of them."""

    def mutation_positions(self, node: Any) -> Iterator[Place]:
        if node.type == "testlist_comp" and len(node.children) > 3:
            for child in node.children[::2]:
                if child.type == "string":
                    yield child.start_pos, child.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        words = [child for child in node.children[::2] if child.type == "string"]
        place = node.children.index(words[index])
        del node.children[place : place + 2]
        return node

    @classmethod
    def examples(cls) -> tuple[()]:
        return ()


def _called(name: Any) -> Any:
    """The brackets behind a name, also behind `np.name`; None where it is not called."""
    follows = name.get_next_sibling()
    if follows is None and name.parent.type == "trailer":
        follows = name.parent.get_next_sibling()
    is_call = follows is not None and follows.type == "trailer" and follows.children[0].value == "("
    return follows if is_call else None


def _all() -> dict[str, Any]:
    names = (*(f"ReplaceBinaryOperator_{pair}" for pair in PAIRS),
             *(f"ReplaceComparisonOperator_{pair}" for pair in COMPARED), *OTHERS)
    own = {kind.__name__: kind() for kind in (OtherBound, NoClip, OneWordLess)}
    return {name: get_operator(f"core/{name}")() for name in names} | own


OPERATORS: dict[str, Any] = _all()
