/** Warehouses in Iceberg tables behind Trino. */
@NullMarked
package io.headgate.stores.trino;

import org.jspecify.annotations.NullMarked;
