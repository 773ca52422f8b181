"""What `identity show` prints for people."""

from rich.console import Console
from rich.tree import Tree

from flows.picture import Identifier, Linked, Picture
from flows.show_text import plain, when

STATES = {
    "holds": "",
    "taken back": " [red]taken back[/]",
    "too many": " [red]not counted: it came when the limit was reached[/]",
}


def print_picture(console: Console, picture: Picture) -> None:
    """The identifiers of a contact as a tree."""
    tree = Tree(f"[bold]{plain(picture.key)}[/]")
    for identifier in picture.identifiers:
        branch = tree.add(_identifier(identifier, picture.key))
        for link in identifier.links:
            leaf = branch.add(_link(link))
            for touch in link.touches:
                if touch in picture.said:
                    leaf.add(f"[dim]said by {plain(picture.said[touch])}[/]")
    if picture.retracted:
        tree.add(f"[red]retracted, so that not all of it counts: {plain(', '.join(picture.retracted))}[/]")
    console.print(tree)


def _identifier(identifier: Identifier, contact: str) -> str:
    of = "" if identifier.owner == contact else f", belongs to {plain(identifier.owner) or 'nobody'} now"
    if identifier.shared:
        of = ", a shared device: nobody's now"
    verdict = "" if identifier.counts else " [red]retracted: nothing of it counts[/]"
    active = f", last active {when(identifier.last_at)}" if identifier.last_at else ""
    by = f", by {plain(', '.join(identifier.agents))}" if identifier.agents else ""
    return f"[bold]{identifier.type} {plain(identifier.id)}[/] {identifier.touches} touches{active}{by}{of}{verdict}"


def _link(link: Linked) -> str:
    until = f", last {when(link.last)}" if link.last != link.since else ""
    return f"linked to {plain(link.to) or 'nobody'} since {when(link.since)}{until}{STATES[link.state]}"
