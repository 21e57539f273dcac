/** Task outputs: workers stream what a task left to the master, which shows it to its user. */
@NullMarked
package io.diskmap.examples.tasks;

import org.jspecify.annotations.NullMarked;
