@NullMarked
package io.headgate.ingest;

import org.jspecify.annotations.NullMarked;
