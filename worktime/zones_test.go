package worktime_test

import (
	"archive/zip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	_ "time/tzdata" // so that the zones below load everywhere
)

// oddZones are tested wherever the tests run, also without a zone database to
// list: gaps and overlaps at midnight, of half an hour and of a day, offsets of
// 30 and 45 minutes, changes of law, and winters ahead of summers.
var oddZones = []string{
	"UTC", "Europe/Berlin", "America/New_York", "Europe/Moscow", "Asia/Kolkata", "Asia/Kathmandu",
	"Africa/Cairo", "Asia/Beirut", "Asia/Jerusalem", "Asia/Gaza", "America/Sao_Paulo", "America/Asuncion",
	"America/Havana", "America/Santiago", "America/St_Johns", "America/Caracas", "Pacific/Apia",
	"Pacific/Kwajalein", "Pacific/Enderbury", "Pacific/Chatham", "Pacific/Norfolk", "Australia/Lord_Howe",
	"Australia/Eucla", "Antarctica/Troll", "Antarctica/Casey", "Africa/Casablanca", "Africa/Monrovia",
	"Europe/Dublin", "Asia/Pyongyang", "Asia/Tehran", "Asia/Manila", "America/Juneau",
}

// zones lists every zone that this machine has, and the odd ones at least.
var zones = sync.OnceValue(func() []string {
	names := slices.Clone(oddZones)
	root := "/usr/share/zoneinfo"
	_ = filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			if name, err := filepath.Rel(root, path); err == nil {
				names = append(names, filepath.ToSlash(name))
			}
		}
		return nil
	})
	if archive, err := zip.OpenReader(filepath.Join(os.Getenv("GOROOT"), "lib/time/zoneinfo.zip")); err == nil {
		defer archive.Close()
		for _, file := range archive.File {
			names = append(names, file.Name)
		}
	}
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(name string) bool {
		if strings.HasPrefix(name, "right/") || strings.HasPrefix(name, "posix") || strings.ContainsAny(name, ".") {
			return true
		}
		_, err := time.LoadLocation(name)
		return err != nil || name == "Local" || name == "localtime"
	})
})

// transitions lists the changes of a zone's offset in the years that matter.
func transitions(zone *time.Location) (list []time.Time) {
	first := time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
	last := time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC)
	for at := first; at.Before(last); {
		_, next := at.In(zone).ZoneBounds()
		if next.IsZero() {
			break
		}
		if !next.After(at) { // 31 December of a leap year
			next = at.AddDate(0, 0, 1)
		}
		_, before := next.Add(-1).In(zone).Zone()
		_, after := next.In(zone).Zone()
		if before != after {
			list = append(list, next.UTC())
		}
		at = next
	}
	return list
}

func mustZone(tb testing.TB, name string) *time.Location {
	tb.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		tb.Fatal(err)
	}
	return zone
}
