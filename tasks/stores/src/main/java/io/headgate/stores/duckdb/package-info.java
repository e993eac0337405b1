/** Warehouses in DuckDB files. */
@NullMarked
package io.headgate.stores.duckdb;

import org.jspecify.annotations.NullMarked;
