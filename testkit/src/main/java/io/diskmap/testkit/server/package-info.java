/** Real servers that tests start on free ports, stop, kill and start again. */
@NullMarked
package io.diskmap.testkit.server;

import org.jspecify.annotations.NullMarked;
