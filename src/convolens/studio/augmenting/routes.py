"""What the Augment page asks."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field

from convolens.runs.photos.augment import LECTURE
from convolens.studio.augmenting.controls import controls
from convolens.studio.augmenting.variations import variations
from convolens.studio.pictures.sprites import told
from convolens.studio.shared import Studio, studio_of

router = APIRouter(prefix="/api/augment", tags=["augment"])


class Asked(BaseModel):
    """Which photo is varied, and how: `fields` are those of `Augmentation` that change something."""

    photo: str
    partner: str | None = None
    fields: dict[str, Any] = Field(default_factory=dict)
    seed: int = Field(0, ge=0, lt=2**32)


@router.get("")
def list_controls() -> dict[str, Any]:
    """Return the sliders, and what they stand at first: what the lecture varies a photo with."""
    return {"controls": controls(), "start": LECTURE}


@router.post("", response_class=Response)
def vary_photo(asked: Asked, studio: Annotated[Studio, Depends(studio_of)]) -> Response:
    """Return twenty variations of a photo as one PNG, with what was drawn for each in the header `x-told`."""
    return told(*variations(studio, asked.photo, asked.partner, asked.fields, asked.seed))
