"""Cost: parameters, operations, memory and receptive fields, measured from the network itself."""
