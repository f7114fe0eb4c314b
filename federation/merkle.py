"""Merkle trees as RFC 9162 (2.1) has them, over SHA-256: roots, the path of one leaf, and what a page of leaves needs.

A page is a run of neighbours. With the roots of the subtrees beside it (`beside`), at most two a level, it gives the
root of the whole tree, and on the way the path of each of its leaves.
"""

import hashlib
from collections.abc import Iterator, Sequence

__all__ = ["beside", "beside_path", "leaf_hash", "paths_of_page", "root_by_path", "root_of"]

Path = tuple[bytes, ...]


def leaf_hash(leaf: bytes) -> bytes:
    """Give the hash of a leaf: never that of an inner node."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def _node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _middle(start: int, stop: int) -> int:
    """Give where a tree of more than one leaf parts: the left half has the largest power of two below its size."""
    return start + (1 << (stop - start - 1).bit_length() - 1)


def root_of(hashes: Sequence[bytes]) -> bytes:
    """Give the root over these leaf hashes, of which there is one at least."""

    def root(start: int, stop: int) -> bytes:
        if stop - start == 1:
            return hashes[start]
        middle = _middle(start, stop)
        return _node_hash(root(start, middle), root(middle, stop))

    return root(0, len(hashes))


def beside(hashes: Sequence[bytes], first: int, last: int) -> Path:
    """Give the roots of the subtrees beside the page [first, last), from left to right."""

    def roots(start: int, stop: int) -> Iterator[bytes]:
        if stop <= first or last <= start:
            yield root_of(hashes[start:stop])
        elif stop - start > 1:
            middle = _middle(start, stop)
            yield from roots(start, middle)
            yield from roots(middle, stop)

    return tuple(roots(0, len(hashes)))


def beside_path(index: int, size: int, path: Sequence[bytes]) -> Path:
    """Give the hashes of a leaf's path in the order of `beside`: as a page of this leaf alone has them."""
    start, stop, left, right = 0, size, list[bytes](), list[bytes]()
    for sibling in reversed(path):
        middle = _middle(start, stop)
        if index < middle:
            stop = middle
            right.insert(0, sibling)
        else:
            start = middle
            left.append(sibling)
    return (*left, *right)


def paths_of_page(page: Sequence[bytes], first: int, size: int, others: Sequence[bytes]) -> tuple[bytes, list[Path]]:
    """Give the root of a tree of so many leaves, and the path of each leaf of a page.

    Takes: the leaf hashes of the page, its first index, and the roots beside it. Raises: ValueError where they do not
    make up a tree of this size.
    """
    last, ahead = first + len(page), iter(others)
    if not page or first < 0 or last > size:
        raise ValueError("not a page of a tree of this size")

    def walk(start: int, stop: int) -> tuple[bytes, list[list[bytes]]]:
        if stop <= first or last <= start:
            found = next(ahead, None)
            if found is None:
                raise ValueError("too few hashes beside the page")
            return found, []
        if stop - start == 1:
            return page[start - first], [[]]
        middle = _middle(start, stop)
        left, on_left = walk(start, middle)
        right, on_right = walk(middle, stop)
        for path in on_left:
            path.append(right)
        for path in on_right:
            path.append(left)
        return _node_hash(left, right), on_left + on_right

    root, paths = walk(0, size)
    if next(ahead, None) is not None:
        raise ValueError("too many hashes beside the page")
    return root, [tuple(path) for path in paths]


def root_by_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Give the root that a leaf's path leads to (RFC 9162, 2.1.3.2); None for a path of another length."""
    if not 0 <= index < size:
        return None
    place, end, found = index, size - 1, leaf
    for sibling in path:
        if end == 0:
            return None
        if place & 1 or place == end:
            found = _node_hash(sibling, found)
            while place and not place & 1:
                place, end = place >> 1, end >> 1
        else:
            found = _node_hash(found, sibling)
        place, end = place >> 1, end >> 1
    return found if end == 0 else None
