#!/usr/bin/perl
# Stands between sshd and the SFTP server: passes everything on, and loses the reply to one request when asked to.
# A file "lose" beside this script names what to lose: REMOVE, or RENAME for every kind of rename or link. The
# request goes through, its reply is swallowed, the session ends, and a file "lost" appears.
use strict;
use warnings;
use IPC::Open2;

my $home = $0;
$home =~ s{/[^/]*$}{};
my $pid = open2(my $from, my $to, '/usr/lib/openssh/sftp-server');
binmode $_ for \*STDIN, \*STDOUT, $from, $to;
my ($up, $down, $victim) = ('', '', undef);

sub all {
  my ($out, $bytes) = @_;
  my $done = 0;
  while ($done < length $bytes) {
    my $n = syswrite($out, $bytes, length($bytes) - $done, $done);
    exit 0 unless defined $n;
    $done += $n;
  }
}

sub watched {
  my ($frame) = @_;
  open(my $file, '<', "$home/lose") or return 0;
  my $what = <$file>;
  close $file;
  my $type = ord substr($frame, 4, 1);
  return $type == 13 if $what =~ /REMOVE/;
  return 1 if $type == 18;
  return $type == 200 && $frame =~ /posix-rename\@openssh|hardlink\@openssh/;
}

while (1) {
  my $ready = '';
  vec($ready, fileno(STDIN), 1) = 1;
  vec($ready, fileno($from), 1) = 1;
  select($ready, undef, undef, undef);
  if (vec($ready, fileno(STDIN), 1)) {
    my $n = sysread(STDIN, $up, 262144, length $up);
    exit 0 unless $n;
    while (length $up >= 4 && length $up >= 4 + unpack('N', $up)) {
      my $frame = substr($up, 0, 4 + unpack('N', $up), '');
      if (!defined $victim && -e "$home/lose" && watched($frame) && unlink("$home/lose")) {
        $victim = unpack('N', substr($frame, 5, 4));
      }
      all($to, $frame);
    }
  }
  if (vec($ready, fileno($from), 1)) {
    my $n = sysread($from, $down, 262144, length $down);
    exit 0 unless $n;
    while (length $down >= 4 && length $down >= 4 + unpack('N', $down)) {
      my $frame = substr($down, 0, 4 + unpack('N', $down), '');
      if (defined $victim && unpack('N', substr($frame, 5, 4)) == $victim) {
        open(my $file, '>', "$home/lost");
        close $file;
        kill 'KILL', $pid;
        exit 0;
      }
      all(\*STDOUT, $frame);
    }
  }
}
