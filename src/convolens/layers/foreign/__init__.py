"""Layers of what other libraries have learnt: scikit-learn's trees and neighbours, timm's networks."""
