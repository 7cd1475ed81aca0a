"""How a layer is called: on symbols, which draw a graph, on values in Keras' order, and by a `call` of the user's own."""
