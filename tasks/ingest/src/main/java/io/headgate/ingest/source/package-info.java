/** What a source of rows beside files is asked for and gives: configuration, window, raw files. */
@NullMarked
package io.headgate.ingest.source;

import org.jspecify.annotations.NullMarked;
