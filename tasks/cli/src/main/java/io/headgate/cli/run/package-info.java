/** A run on this machine: scheduling, journal, progress. */
@NullMarked
package io.headgate.cli.run;

import org.jspecify.annotations.NullMarked;
