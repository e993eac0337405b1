/** One step in a process of its own, as pods run it. */
@NullMarked
package io.headgate.cli.task;

import org.jspecify.annotations.NullMarked;
