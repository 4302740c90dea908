/*
 * Loaded in front of the C library (LD_PRELOAD), it makes the disk of one server slow or broken.
 * The file that FSYNC_FAULT_FILE names says how, and is read anew for every call:
 *
 *     none        as it is
 *     slow 200    200 ms later
 *     eio         fails with EIO
 *
 * Every call that it has harmed is one more byte in the file that FSYNC_HITS_FILE names.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void count_hit(void) {
  const char *path = getenv("FSYNC_HITS_FILE");
  int file = path == NULL ? -1 : open(path, O_WRONLY | O_APPEND);
  if (file < 0) return;
  if (write(file, ".", 1) < 0) { /* The proof is missing then, and the run fails. */ }
  close(file);
}

/* Below 0: fail. Else the delay in milliseconds. */
static int wanted_fault(void) {
  const char *path = getenv("FSYNC_FAULT_FILE");
  char text[32] = "";
  int file = path == NULL ? -1 : open(path, O_RDONLY);
  if (file < 0) return 0;
  ssize_t length = read(file, text, sizeof text - 1);
  close(file);
  if (length <= 0) return 0;
  if (strncmp(text, "eio", 3) == 0) return -1;
  if (strncmp(text, "slow ", 5) == 0) return atoi(text + 5);
  return 0;
}

static int harmed(const char *name, int file) {
  int fault = wanted_fault();
  if (fault != 0) count_hit();
  if (fault < 0) {
    errno = EIO;
    return -1;
  }
  if (fault > 0) usleep((useconds_t)fault * 1000);
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
  return real(file);
}

int fsync(int file) { return harmed("fsync", file); }

int fdatasync(int file) { return harmed("fdatasync", file); }
