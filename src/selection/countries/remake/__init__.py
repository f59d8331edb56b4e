"""Remaking the shipped data: income groups from the World Bank's workbook, the name index from its catalogues."""
