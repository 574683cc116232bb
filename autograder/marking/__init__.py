"""How a mark is made: probe -> response, reference -> judge -> verdict."""
