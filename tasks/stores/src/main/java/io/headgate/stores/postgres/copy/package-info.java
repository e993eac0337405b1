/** Rows of Parquet files in the format of PostgreSQL's binary COPY. */
@NullMarked
package io.headgate.stores.postgres.copy;

import org.jspecify.annotations.NullMarked;
