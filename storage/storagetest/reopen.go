package storagetest

import "github.com/openlines-go/openlines/storage"

func reopenRules() []rule {
	return []rule{
		{
			name:    "what was answered is there after a restart",
			why:     "an answer is a promise; nobody will send the message again",
			check:   reopenKeeps,
			durable: true,
		},
		{
			name:    "a batch is known again after a restart",
			why:     "an answer is most often lost because the process died",
			check:   reopenRemembers,
			durable: true,
		},
	}
}

func reopenKeeps(p *probe) {
	p.commit(p.retried())
	since := p.head.Mark
	p.write(body(`{"v":2}`, closed("new", "line:c")), opened("more", "line:a"))
	before := p.dump()
	p.store = p.again(p.store)
	p.equal("desk after a restart", p.dump(), before)
	p.wantChanges(since, []storage.Put{body(`{"v":2}`, closed("new", "line:c")), opened("more", "line:a")})
	p.wantFound(storage.Query{Kind: kind, Terms: []string{"line:c"}, Limit: 10}, "new")
	p.write(opened("next"))
	p.store = p.again(p.store)
	p.equal("ids", ids(p.get("next")), []string{"next"})
}

func reopenRemembers(p *probe) {
	b := p.retried()
	made := p.commit(b)
	p.store = p.again(p.store)
	p.wantAgain(b, made)
	p.write(opened("next"))
	p.store = p.again(p.store)
	p.wantAgain(b, made)
	lost := *b
	lost.ID = newID()
	p.refuse(&lost, storage.ErrConflict)
}
