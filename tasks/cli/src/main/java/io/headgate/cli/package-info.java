/** The command line. */
@NullMarked
package io.headgate.cli;

import org.jspecify.annotations.NullMarked;
