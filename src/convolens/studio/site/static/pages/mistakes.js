// mistakes
