"""Few photos: a learnt network's features, a first answer in closed form on them, and training on from it where that helps."""
