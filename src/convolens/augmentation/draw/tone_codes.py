"""The numbers of the operations on colours, shared by what draws them and the compiled code that does them."""

(
    NOTHING, BRIGHTNESS, CONTRAST, SATURATION, HUE, SHARPNESS, POSTERIZE, SOLARIZE, AUTOCONTRAST, EQUALIZE,
    SHEAR_X, SHEAR_Y, TRANSLATE_X, TRANSLATE_Y, ROTATE,
) = range(15)  # fmt: skip

LAST_TONE = EQUALIZE  # the rest is geometry, and no business of `tones`

NAMES = (
    "as it is", "bright", "contrast", "satur.", "hue", "sharp", "posterize", "solarize", "autocontrast", "equalize",
    "shear x", "shear y", "shift x", "shift y", "rotate",
)  # fmt: skip
