/** Pages of JSON from an HTTP API, kept as files until they are loaded. */
@NullMarked
package io.headgate.ingest.http;

import org.jspecify.annotations.NullMarked;
