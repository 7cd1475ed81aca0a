"""What a model says of itself in older words."""

from convolens import layers
from convolens.models import Sequential


def test_what_programs_for_keras_2_ask_of_a_model() -> None:
    model = Sequential([layers.Dense(2, input_shape=(3,))])
    assert model.compute_output_shape((None, 3)) == (None, 2)
    images = layers.Input((3,))
    features = model(images)
    assert model.get_output_at(0) is model.output
    assert model.get_output_at(1) is features
    assert (model.get_input_at(0), model.get_input_at(1)) == (model.input, images)
    model._make_predict_function()
    assert (model.dtype, model.run_eagerly) == ("float32", False)
