/** What a person sees at the terminal. */
@NullMarked
package io.headgate.cli.terminal;

import org.jspecify.annotations.NullMarked;
