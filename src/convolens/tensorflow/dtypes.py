"""Types of values by their names in TensorFlow: each is equal to its name, and to NumPy's type of that name."""

from convolens.tensor import DType, as_dtype

float16, float32, float64, bfloat16 = DType("float16"), DType("float32"), DType("float64"), DType("bfloat16")
half, float, double = float16, float32, float64
int8, int16, int32, int64 = DType("int8"), DType("int16"), DType("int32"), DType("int64")
uint8, uint16, uint32, uint64 = DType("uint8"), DType("uint16"), DType("uint32"), DType("uint64")
bool, string = DType("bool"), DType("string")
newaxis = None

__all__ = [
    "DType", "as_dtype", "bfloat16", "bool", "double", "float16", "float32", "float64", "half", "int8", "int16", "int32", "int64", "newaxis",
    "string", "uint8", "uint16", "uint32", "uint64",
]  # fmt: skip
