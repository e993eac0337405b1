/**
 * Demo data for the reference pipeline: six files in the shapes of real ones, all of it invented.
 */
@NullMarked
package io.headgate.cli.demo;

import org.jspecify.annotations.NullMarked;
