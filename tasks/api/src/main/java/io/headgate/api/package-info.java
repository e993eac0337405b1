/** The vocabulary of Headgate: steps, tasks, outcomes, problems, connections, events. */
@NullMarked
package io.headgate.api;

import org.jspecify.annotations.NullMarked;
