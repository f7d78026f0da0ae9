"""The library holds what the book uses: each public function has a caller in a cell, and a chapter that links it."""

import ast
import inspect
import re
import sys

import softmaxlib
from tests.book.pages import CHAPTERS, NOTEBOOKS, complaint


def address(function):
    return f"{function.__module__}.{function.__name__}"


def public_functions():
    """Return the address of each function that `softmaxlib` offers, itself or in one of its public modules."""
    offered = [getattr(softmaxlib, name) for name in softmaxlib.__all__]
    for module in filter(inspect.ismodule, offered[:]):
        there = [function for name, function in vars(module).items() if not name.startswith("_")]
        offered += [function for function in there if getattr(function, "__module__", None) == module.__name__]
    return {address(function) for function in offered if inspect.isfunction(function)}


def used(code):
    """Return the address of each function of the library that a program names."""
    tree = list(ast.walk(ast.parse(code)))
    named = {"softmaxlib": softmaxlib}
    for node in tree:
        if isinstance(node, ast.ImportFrom) and node.module in sys.modules:
            home = sys.modules[node.module]
            named |= {alias.asname or alias.name: getattr(home, alias.name, None) for alias in node.names}
    found = [named.get(node.id) for node in tree if isinstance(node, ast.Name)]
    attributes = [node for node in tree if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)]
    found += [getattr(named.get(node.value.id), node.attr, None) for node in attributes]
    return {address(function) for function in found if inspect.isfunction(function)}


def test_every_function_has_a_caller_in_the_book():
    code = ["\n".join(cell.source for cell in page.cells("code", hidden=False)) for page in NOTEBOOKS]
    idle = public_functions() - set().union(*map(used, code))
    assert not idle, complaint(
        "No visible cell of the book uses these public functions:",
        sorted(idle),
        "Use the function where its topic is treated, or take it out of the library.",
    )


def test_every_function_is_linked_from_a_chapter():
    linked = set(re.findall(r"\{py:func\}`[^<`]*<([\w.]+)>`", "".join(page.markdown for page in CHAPTERS)))
    lonely = public_functions() - linked
    assert not lonely, complaint(
        "No chapter links these public functions to their place on the API page:",
        sorted(lonely),
        "Link the function where a chapter first uses it: {py:func}`softmax <softmaxlib.activations.softmax>`.",
    )
