"""Tasks: from what a network says to scores, of one label a photo and of several."""
