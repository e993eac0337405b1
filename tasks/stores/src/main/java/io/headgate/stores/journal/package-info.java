/** What happened to runs, as files. */
@NullMarked
package io.headgate.stores.journal;

import org.jspecify.annotations.NullMarked;
