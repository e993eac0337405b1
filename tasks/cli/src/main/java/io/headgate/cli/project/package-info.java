/** A new project of a user. */
@NullMarked
package io.headgate.cli.project;

import org.jspecify.annotations.NullMarked;
