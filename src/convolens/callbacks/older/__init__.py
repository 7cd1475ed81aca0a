"""What programs of older Keras ask of callbacks: names of logs that are others today, and two classes."""
