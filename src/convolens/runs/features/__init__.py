"""Features of photos: written, compared, mapped, and learnt from by classical learners."""
