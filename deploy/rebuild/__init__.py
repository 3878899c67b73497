"""A service built again from its log alone: beside the live one, compared, swapped."""
