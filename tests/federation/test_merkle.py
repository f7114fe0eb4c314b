"""Merkle trees against the definition in RFC 9162: roots, paths and pages of all small trees, and known roots."""

import hashlib
from collections.abc import Sequence

import pytest

from federation import merkle

SIZES = range(1, 34)


def naive(leaves: Sequence[bytes]) -> bytes:
    """Give the root by the definition (2.1.1), over the leaves themselves."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + naive(leaves[:split]) + naive(leaves[split:])).digest()


def leaves_of(size: int) -> list[bytes]:
    return [f"leaf {number}".encode() for number in range(size)]


def hashes_of(size: int) -> list[bytes]:
    return [merkle.leaf_hash(leaf) for leaf in leaves_of(size)]


def test_the_roots_that_others_publish() -> None:
    """The test vectors that Certificate Transparency's implementations share."""
    inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    roots = {
        1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    }
    hashes = [merkle.leaf_hash(bytes.fromhex(text)) for text in inputs]
    assert {size: merkle.root_of(hashes[:size]).hex() for size in roots} == roots


@pytest.mark.parametrize("size", SIZES)
def test_every_page_of_every_small_tree(size: int) -> None:
    hashes, root = hashes_of(size), naive(leaves_of(size))
    assert merkle.root_of(hashes) == root
    for first in range(size):
        for last in range(first + 1, size + 1):
            others = merkle.beside(hashes, first, last)
            assert len(others) <= 2 * size.bit_length()
            found, paths = merkle.paths_of_page(hashes[first:last], first, size, others)
            assert found == root
            for index, path in enumerate(paths, first):
                assert merkle.root_by_path(hashes[index], index, size, path) == root
                if last - first == 1:
                    assert merkle.beside_path(index, size, path) == others


@pytest.mark.parametrize("size", SIZES)
def test_a_path_proves_one_leaf_in_one_place(size: int) -> None:
    hashes = hashes_of(size)
    root, paths = merkle.paths_of_page(hashes, 0, size, ())
    for index, path in enumerate(paths):
        for other in range(-1, size + 2):
            if other != index:
                assert merkle.root_by_path(hashes[index], other, size, path) != root
                assert merkle.root_by_path(merkle.leaf_hash(b"another"), index, size, path) != root
        assert merkle.root_by_path(hashes[index], index, size, (*path, bytes(32))) != root
        if path:
            assert merkle.root_by_path(hashes[index], index, size, path[:-1]) != root
            assert merkle.root_by_path(hashes[index], index, size, (bytes(32), *path[1:])) != root


def test_an_inner_node_is_no_leaf() -> None:
    one, two = hashes_of(2)
    assert merkle.leaf_hash(one + two) != merkle.root_of([one, two])


def test_what_makes_up_no_tree() -> None:
    hashes = hashes_of(5)
    others = merkle.beside(hashes, 1, 3)
    for page, first, size, beside in (
        ([], 0, 5, hashes),
        (hashes[1:3], -1, 5, others),
        (hashes[1:3], 4, 5, others),
        (hashes[1:3], 1, 5, others[:-1]),
        (hashes[1:3], 1, 5, (*others, bytes(32))),
    ):
        with pytest.raises(ValueError, match=r"page|hashes"):
            merkle.paths_of_page(page, first, size, beside)
