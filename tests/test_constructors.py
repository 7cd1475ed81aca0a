"""What an object keeps of its constructor's arguments, on classes as users write them."""

from typing import Any

from convolens import layers, losses
from convolens.constructors import argument_names, kept_arguments


class Base:
    def __init__(self, first: int = 1, hidden: int = 2, **options: Any) -> None:
        self.first = first
        self._hidden = hidden


class Passing(Base):
    def __init__(self, second: int, *rest: int, third: int = 3, **options: Any) -> None:
        super().__init__(**options)
        self.second, self.third = second, third


class Closed(Passing):
    def __init__(self, third: int) -> None:
        super().__init__(5, third=third)


class Inheriting(Closed):
    pass


def test_arguments_are_followed_as_far_as_they_are_passed_on() -> None:
    assert argument_names(Passing) == ["second", "third", "first", "hidden"]
    assert argument_names(Closed) == argument_names(Inheriting) == ["third"]
    assert argument_names(object) == []


def test_what_is_kept_under_its_name_is_found_the_bases_first() -> None:
    assert list(kept_arguments(Passing(7, first=8)).items()) == [("first", 8), ("second", 7), ("third", 3)]
    assert kept_arguments(Passing(7), beyond=Base) == {"second": 7, "third": 3}
    assert kept_arguments(Inheriting(9)) == {"third": 9}


class Scaled(layers.Layer):
    """Keeps its argument under another name, and says so in Keras' way."""

    def __init__(self, factor: float, **options: Any) -> None:
        super().__init__(**options)
        self.times = factor

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"factor": self.times}


class Clipped(losses.Loss):
    """Leaves its configuration to the base."""

    def __init__(self, limit: float = 1.0, name: str = "clipped") -> None:
        super().__init__(name)
        self.limit = limit


def test_layers_and_losses_of_a_users_own() -> None:
    config = Scaled(2.0, name="mine").get_config()
    assert config == {"name": "mine", "trainable": True, "dtype": "float32", "factor": 2.0}
    assert Scaled.from_config(config).get_config() == config
    loss = Clipped(0.5)
    assert loss.get_config() == {"name": "clipped", "limit": 0.5}
    assert Clipped.from_config(loss.get_config()).limit == 0.5
