"""Every number of the model, with its source (see the YAML files in this folder)."""

from model.parameters.parameter import Label, Parameter, ParameterError, UnknownParameterError
from model.parameters.parameter_set import ParameterSet
from model.parameters.registry import Registry, load_registry

__all__ = [
    "Label",
    "Parameter",
    "ParameterError",
    "ParameterSet",
    "Registry",
    "UnknownParameterError",
    "load_registry",
]
