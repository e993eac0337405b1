/** The look of every HTML page: plain records in, one self-contained file out. */
@NullMarked
package io.headgate.page;

import org.jspecify.annotations.NullMarked;
