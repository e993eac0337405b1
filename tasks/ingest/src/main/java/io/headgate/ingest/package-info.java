/** Kind {@code ingest}: files to a landing zone, then into the warehouse, under a contract. */
@NullMarked
package io.headgate.ingest;

import org.jspecify.annotations.NullMarked;
