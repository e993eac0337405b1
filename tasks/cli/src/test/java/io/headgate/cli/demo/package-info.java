@NullMarked
package io.headgate.cli.demo;

import org.jspecify.annotations.NullMarked;
