/** Warehouses in PostgreSQL. */
@NullMarked
package io.headgate.stores.postgres;

import org.jspecify.annotations.NullMarked;
