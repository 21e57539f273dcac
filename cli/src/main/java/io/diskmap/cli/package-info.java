/** The command {@code diskmap}: file commands, the services server, checks and a demonstration. */
@NullMarked
package io.diskmap.cli;

import org.jspecify.annotations.NullMarked;
