"""A lesson before a class: the show on one terminal, the presenter's notes on another, joined by a local socket."""
