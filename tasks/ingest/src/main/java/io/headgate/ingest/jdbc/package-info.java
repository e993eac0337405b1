/** Tables and queries of databases, streamed into raw Parquet files. */
@NullMarked
package io.headgate.ingest.jdbc;

import org.jspecify.annotations.NullMarked;
